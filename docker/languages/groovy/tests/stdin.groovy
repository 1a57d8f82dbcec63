def reader = System.in.newReader()
int count = reader.readLine() as int
def numbers = reader.readLine().split(' ')*.toInteger()
assert numbers.size() == count
println "sum ${numbers.sum()}"
reader.eachLine { line -> println "last $line" }
