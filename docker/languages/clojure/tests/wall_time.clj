(println "before")
(flush)
(Thread/sleep 30000)
