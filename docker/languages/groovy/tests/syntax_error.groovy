println "never"
if (true {
