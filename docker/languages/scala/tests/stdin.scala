import scala.io.StdIn

object Main extends App {
  val count = StdIn.readInt()
  val numbers = StdIn.readLine().split(" ").map(_.toInt)
  assert(numbers.length == count)
  println(s"sum ${numbers.sum}")
  Iterator.continually(StdIn.readLine()).takeWhile(_ != null).foreach(line => println(s"last $line"))
}
