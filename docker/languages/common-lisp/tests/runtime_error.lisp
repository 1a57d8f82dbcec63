(format t "before~%")
(defun third-of (items) (aref items 3))
(print (third-of (vector 1 2 3)))
