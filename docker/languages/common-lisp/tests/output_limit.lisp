(loop (format t "~a~%" (make-string 100 :initial-element #\y)))
