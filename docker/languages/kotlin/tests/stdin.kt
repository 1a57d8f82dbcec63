fun main() {
    val count = readLine()!!.toInt()
    val numbers = readLine()!!.split(" ").map { it.toInt() }
    check(numbers.size == count)
    println("sum ${numbers.sum()}")
    generateSequence(::readLine).forEach { println("last $it") }
}
