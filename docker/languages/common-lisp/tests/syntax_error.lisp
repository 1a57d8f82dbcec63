(format t "before~%")
(defun broken (
