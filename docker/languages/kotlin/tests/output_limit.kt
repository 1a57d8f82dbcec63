fun main() {
    while (true) println("y".repeat(100))
}
