(defvar *blocks* '())
(loop (push (make-array (* 4 1024 1024) :element-type '(unsigned-byte 8) :initial-element 1) *blocks*))
