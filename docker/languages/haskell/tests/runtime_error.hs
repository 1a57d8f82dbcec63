import System.IO

main :: IO ()
main = do
  putStrLn "before"
  hFlush stdout
  print (head (filter (> 9) [1 :: Int, 2, 3]))
