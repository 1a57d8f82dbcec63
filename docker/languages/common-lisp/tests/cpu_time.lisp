(let ((total 0)) (loop (incf total)))
