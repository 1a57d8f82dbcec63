main :: IO ()
main = do
  count <- readLn
  numbers <- map read . take count . words <$> getLine
  putStrLn ("sum " ++ show (sum numbers :: Int))
  line <- getLine
  putStrLn ("last " ++ line)
