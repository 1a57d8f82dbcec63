(loop [blocks []]
  (recur (conj blocks (byte-array (* 4 1024 1024)))))
