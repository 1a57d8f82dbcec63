import scala.collection.mutable
import scala.io.{Source, StdIn}
import scala.util.{Failure, Random, Success, Try}

// Uses what submitted programs usually use, so that the class-data archives hold it.
sealed trait Tree
case class Leaf(value: Int) extends Tree
case class Node(left: Tree, right: Tree) extends Tree
case object Empty extends Tree

trait Named { def name: String }
class Item(val name: String, var count: Int = 0) extends Named with Ordered[Item] {
  def compare(that: Item): Int = count - that.count
  override def toString: String = s"$name=$count"
}

object Train {
  implicit class Twice(val number: Int) extends AnyVal { def twice: Int = number * 2 }

  def sum(tree: Tree): Int = tree match {
    case Leaf(value) if value > 100 => 100
    case Leaf(value) => value
    case Node(left, right) => sum(left) + sum(right)
    case Empty => 0
  }

  @annotation.tailrec def gcd(a: Int, b: Int): Int = if (b == 0) a else gcd(b, a % b)
  def largest[T](items: Seq[T])(implicit ordering: Ordering[T]): T = items.max

  lazy val fibonacci: Stream[BigInt] = BigInt(0) #:: BigInt(1) #:: fibonacci.zip(fibonacci.tail).map { case (a, b) => a + b }

  def main(args: Array[String]): Unit = {
    val numbers = Option(StdIn.readLine()).map(_.split(" ").flatMap(t => Try(t.toInt).toOption).toList).getOrElse(List(3, 1, 2))
    val words = Source.stdin.getLines().flatMap(_.split("\\s+")).toVector
    val counts = words.groupBy(identity).mapValues(_.size).toSeq.sortBy { case (word, count) => (-count, word) }
    println(s"$counts ${numbers.sorted} ${numbers.sortWith(_ > _)} ${largest(List(1, 2))}")
    val items = mutable.Map[String, Item]()
    for ((word, index) <- words.zipWithIndex) items.getOrElseUpdate(word, new Item(word)).count += index
    val queue = mutable.PriorityQueue(items.values.toSeq: _*)
    println(if (queue.nonEmpty) queue.dequeue() else Empty)
    println(sum(Node(Leaf(1), Node(Leaf(200), Empty))) + 3.twice + gcd(12, 18))
    println(fibonacci.take(20).toList.mkString(","))
    println(f"${math.Pi}%.2f ${(1 to 5).map(i => i * i).filter(_ % 2 == 1).sum}%5d")
    val grid = Array.ofDim[Int](3, 3)
    for (i <- 0 until 3; j <- 0 to 2 if i != j) grid(i)(j) = i * j
    println(grid.map(_.mkString(" ")).mkString("\n"))
    println(List(1, 2).zip(List("a", "b")).toMap ++ Map(3 -> "c"), Set(1, 2).contains(1), "abc".reverse.foldLeft("")(_ + _))
    val buffer = mutable.ArrayBuffer(3, 1, 2)
    buffer += 4
    val builder = new StringBuilder
    while (buffer.nonEmpty) builder.append(buffer.remove(0)).append(' ')
    println(builder.toString.trim + new Random(1).nextInt(5) + mutable.Queue(1).dequeue() + mutable.HashSet(1).size)
    Try("x".toInt) match {
      case Success(value) => println(value)
      case Failure(error) => System.err.println(error.getMessage)
    }
    val either: Either[String, Int] = Right(1)
    either.fold(println, println)
    printf("%d %s%n", 1, "x")
    try {
      require(numbers.size > 1000, "too few")
    } catch {
      case error: IllegalArgumentException => error.printStackTrace()
    } finally print("")
  }
}
