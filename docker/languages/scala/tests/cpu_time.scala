object Main {
  def main(args: Array[String]): Unit = {
    var total = 0
    while (true) total += 1
  }
}
