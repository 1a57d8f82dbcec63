main :: IO ()
main = print (foldl (\total n -> (total + n) `mod` 1000003) 0 [1 :: Int ..])
