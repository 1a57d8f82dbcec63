import scala.io.{Source, StdIn}

object Main extends App {
  val count = StdIn.readInt()
  val numbers = StdIn.readLine().split(" ").map(_.toInt)
  assert(numbers.length == count)
  println(s"sum ${numbers.sum}")
  for (line <- Source.stdin.getLines()) println(s"last $line")
}
