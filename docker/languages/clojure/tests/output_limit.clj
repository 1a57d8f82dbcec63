(while true
  (println (apply str (repeat 100 "y"))))
