fun main() {
    println("before")
    Thread.sleep(30000)
}
