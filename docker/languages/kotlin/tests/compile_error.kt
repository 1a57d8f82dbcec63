fun main() {
    val total: Int = "text"
    println(totl)
}
