fun third(items: List<Int>) = items[3]

fun main() {
    println("before")
    third(listOf(1, 2, 3))
}
