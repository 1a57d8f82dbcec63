main :: IO ()
main = mapM_ putStrLn (repeat "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy")
