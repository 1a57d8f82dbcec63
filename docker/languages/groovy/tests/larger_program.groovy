import groovy.transform.TupleConstructor

class Refused extends RuntimeException {
    Refused(String message) { super(message) }
}

@TupleConstructor
class Account implements Comparable<Account> {
    String name
    int balance = 0

    Account plus(int amount) { balance += amount; this }
    Account minus(int amount) {
        if (amount > balance) throw new Refused("$name has only $balance")
        balance -= amount
        this
    }
    int compareTo(Account other) { name <=> other.name }
    String toString() { "$name=$balance" }
}

class Bank {
    private accounts = [:].withDefault { new Account(it) }

    def deposit(name, amount) { accounts[name] += amount as int }
    def withdraw(name, amount) { accounts[name] -= amount as int }
    def transfer(from, to, amount) {
        withdraw(from, amount)
        deposit(to, amount)
    }
    String toString() { accounts.values().sort().join(' ') }
}

def bank = new Bank()
System.in.eachLine { line ->
    def (command, arguments) = line.tokenize().with { [head(), tail()] }
    try {
        bank."$command"(*arguments)
    } catch (Refused refused) {
        println "refused: $refused.message"
    }
}
println bank

int queens(int size, List columns = []) {
    if (columns.size() == size) return 1
    (0..<size).findAll { column ->
        !columns.withIndex().any { taken, row -> taken == column || Math.abs(taken - column) == columns.size() - row }
    }.sum(0) { queens(size, columns + it) }
}
println "queens ${queens(6)}"

def fibonacci
fibonacci = { n -> n < 2 ? n as BigInteger : fibonacci(n - 1) + fibonacci(n - 2) }.memoize()
println "fibonacci ${fibonacci(50)}"
def counts = 'the quick the lazy the dog quick'.split().countBy { it }
println counts.sort { a, b -> b.value <=> a.value ?: a.key <=> b.key }.collect { "$it.key=$it.value" }.join(' ')
