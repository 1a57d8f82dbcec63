fun main() {
    var total = 0
    while (true) total += 1
}
