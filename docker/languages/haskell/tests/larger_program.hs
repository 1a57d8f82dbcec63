{-# LANGUAGE LambdaCase #-}
-- Type classes, records, laziness, maps, transformers, threads and text.
module Main (main) where

import Control.Concurrent
import Control.Exception (Exception, evaluate, throw, try)
import Control.Monad (forM_, unless)
import Control.Monad.State (State, execState, modify')
import Data.Bits
import Data.List (sortBy)
import qualified Data.Map.Strict as Map
import Data.Ord (Down (..), comparing)
import qualified Data.Text as Text
import qualified Data.Text.IO as Text
import Text.Printf (printf)

data Matrix = Matrix !Integer !Integer !Integer !Integer

instance Semigroup Matrix where
  Matrix a b c d <> Matrix e f g h = Matrix (a * e + b * g) (a * f + b * h) (c * e + d * g) (c * f + d * h)

instance Monoid Matrix where
  mempty = Matrix 1 0 0 1

power :: Monoid m => m -> Int -> m
power _ 0 = mempty
power base n
  | odd n = base <> half
  | otherwise = half
  where
    half = power (base <> base) (n `div` 2)

fibonacci :: Int -> Integer
fibonacci n = let Matrix _ f _ _ = power (Matrix 1 1 1 0) n in f

queens :: Int -> Int
queens size = place 0 0 0 0
  where
    place :: Int -> Int -> Int -> Int -> Int
    place row columns left right
      | row == size = 1
      | otherwise =
          sum
            [ place (row + 1) (columns .|. bit') (shiftL (left .|. bit') 1) (shiftR (right .|. bit') 1)
            | i <- [0 .. size - 1]
            , let bit' = shiftL 1 i
            , (columns .|. left .|. right) .&. bit' == 0
            ]

newtype Negative = Negative Double deriving (Show)

instance Exception Negative

root :: Double -> Double
root x
  | x < 0 = throw (Negative x)
  | otherwise = sqrt x

count :: [Text.Text] -> Map.Map Text.Text Int
count found = execState (mapM_ add found) Map.empty
  where
    add :: Text.Text -> State (Map.Map Text.Text Int) ()
    add word = modify' (Map.insertWith (+) word 1)

main :: IO ()
main = do
  found <- Text.words <$> Text.getContents
  forM_ (sortBy (comparing (Down . snd) <> comparing fst) (Map.toList (count found))) $ \(word, n) ->
    Text.putStrLn (Text.unwords [word, Text.pack (show n)])
  refused <- try (evaluate (root (-1))) >>= \case
    Left (Negative _) -> pure True
    Right _ -> pure False
  unless refused (fail "no error")
  answer <- newEmptyMVar
  _ <- forkIO (putMVar answer $! queens 8)
  solutions <- takeMVar answer
  printf "%d words, fibonacci %d, queens %d, root %.6f\n" (length found) (fibonacci 90) solutions (root 2)
