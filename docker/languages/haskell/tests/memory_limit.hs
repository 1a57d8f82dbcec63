import qualified Data.Map.Strict as Map

main :: IO ()
main = grow 0 Map.empty
  where
    grow :: Int -> Map.Map Int Int -> IO ()
    grow n held = if Map.size held < 0 then print held else grow (n + 1) (Map.insert n n held)
