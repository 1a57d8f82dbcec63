println "before"
sleep 30000
