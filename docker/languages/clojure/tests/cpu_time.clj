(loop [total 0] (recur (unchecked-inc total)))
