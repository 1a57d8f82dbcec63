class Refused(message: String) : Exception(message)

class Account(val name: String) : Comparable<Account> {
    var balance = 0
        private set

    operator fun plusAssign(amount: Int) { balance += amount }
    operator fun minusAssign(amount: Int) {
        if (amount > balance) throw Refused("$name has only $balance")
        balance -= amount
    }
    override fun compareTo(other: Account) = name.compareTo(other.name)
    override fun toString() = "$name=$balance"
}

sealed class Command
data class Deposit(val name: String, val amount: Int) : Command()
data class Withdraw(val name: String, val amount: Int) : Command()
data class Transfer(val from: String, val to: String, val amount: Int) : Command()

fun parse(line: String): Command {
    val words = line.split(" ")
    return when (words[0]) {
        "deposit" -> Deposit(words[1], words[2].toInt())
        "withdraw" -> Withdraw(words[1], words[2].toInt())
        "transfer" -> Transfer(words[1], words[2], words[3].toInt())
        else -> throw IllegalArgumentException(words[0])
    }
}

class Bank {
    private val accounts = sortedMapOf<String, Account>()
    private operator fun get(name: String) = accounts.getOrPut(name) { Account(name) }

    fun run(command: Command) = when (command) {
        is Deposit -> this[command.name] += command.amount
        is Withdraw -> this[command.name] -= command.amount
        is Transfer -> {
            this[command.from] -= command.amount
            this[command.to] += command.amount
        }
    }

    override fun toString() = accounts.values.joinToString(" ")
}

fun queens(size: Int, columns: List<Int> = emptyList()): Int =
    if (columns.size == size) 1
    else (0 until size)
        .filter { column -> columns.withIndex().none { (row, taken) -> taken == column || Math.abs(taken - column) == columns.size - row } }
        .sumBy { queens(size, columns + it) }

fun main() {
    val bank = Bank()
    generateSequence(::readLine).map(::parse).forEach {
        try {
            bank.run(it)
        } catch (error: Refused) {
            println("refused: ${error.message}")
        }
    }
    println(bank)
    println("queens ${queens(6)}")
    val fibonacci = sequence {
        var pair = 0L to 1L
        while (true) {
            yield(pair.first)
            pair = pair.second to pair.first + pair.second
        }
    }
    println("fibonacci ${fibonacci.elementAt(50)}")
    val counts = "the quick the lazy the dog quick".split(" ").groupingBy { it }.eachCount()
    println(counts.entries.sortedWith(compareBy({ -it.value }, { it.key })).joinToString(" "))
}
