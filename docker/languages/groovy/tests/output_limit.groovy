while (true) {
    println 'y' * 100
}
