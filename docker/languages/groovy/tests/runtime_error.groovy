println "before"
def nothing = null
nothing.length()
