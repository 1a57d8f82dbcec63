(format t "before~%")
(finish-output)
(sleep 30)
