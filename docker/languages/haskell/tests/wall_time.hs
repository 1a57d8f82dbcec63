import Control.Concurrent (threadDelay)
import System.IO

main :: IO ()
main = do
  putStrLn "before"
  hFlush stdout
  threadDelay 30000000
