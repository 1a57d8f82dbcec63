(define-condition refused (error)
  ((name :initarg :name) (balance :initarg :balance))
  (:report (lambda (condition stream)
             (with-slots (name balance) condition
               (format stream "~a has only ~a" name balance)))))

(defclass account ()
  ((name :initarg :name :reader name)
   (balance :initform 0 :accessor balance)))

(defgeneric withdraw (account amount))
(defmethod withdraw :before ((account account) amount)
  (when (> amount (balance account))
    (error 'refused :name (name account) :balance (balance account))))
(defmethod withdraw ((account account) amount)
  (decf (balance account) amount))

(defvar *accounts* (make-hash-table :test #'equal))
(defun account (name)
  (or (gethash name *accounts*)
      (setf (gethash name *accounts*) (make-instance 'account :name name))))

(defun words (line)
  (loop with start = 0
        for space = (position #\Space line :start start)
        collect (subseq line start space)
        while space do (setf start (1+ space))))

(defun run (line)
  (destructuring-bind (command name . rest) (words line)
    (let ((amount (parse-integer (car (last rest)))))
      (cond ((string= command "deposit") (incf (balance (account name)) amount))
            ((string= command "withdraw") (withdraw (account name) amount))
            ((string= command "transfer")
             (withdraw (account name) amount)
             (incf (balance (account (first rest))) amount))))))

(loop for line = (read-line nil nil)
      while line
      do (handler-case (run line)
           (refused (condition) (format t "refused: ~a~%" condition))))
(let ((names (sort (loop for name being the hash-keys of *accounts* collect name) #'string<)))
  (format t "~{~a=~a~^ ~}~%" (loop for name in names collect name collect (balance (account name)))))

(defun queens (size &optional columns)
  (if (= (length columns) size)
      1
      (loop for column below size
            when (loop for taken in columns
                       for distance from 1
                       never (or (= taken column) (= (abs (- taken column)) distance)))
              sum (queens size (cons column columns)))))
(format t "queens ~d~%" (queens 6))

(format t "fibonacci ~d~%" (loop for a = 0 then b and b = 1 then (+ a b) repeat 50 finally (return a)))

(defmacro counting ((item items) &body body)
  `(let ((counts '()))
     (dolist (,item ,items (sort counts (lambda (a b) (or (> (cdr a) (cdr b)) (and (= (cdr a) (cdr b)) (string< (car a) (car b)))))))
       (let ((key (progn ,@body)))
         (incf (cdr (or (assoc key counts :test #'string=) (car (push (cons key 0) counts)))))))))
(format t "~{~a~^ ~}~%"
        (loop for (word . count) in (counting (word (words "the quick the lazy the dog quick")) (string-downcase word))
              collect (format nil "~a=~d" word count)))
