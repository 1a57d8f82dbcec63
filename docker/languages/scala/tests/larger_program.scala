import scala.collection.immutable.TreeMap
import scala.io.Source
import scala.util.{Failure, Success, Try}

final case class Refused(message: String) extends Exception(message)

sealed trait Command
final case class Deposit(name: String, amount: Int) extends Command
final case class Withdraw(name: String, amount: Int) extends Command
final case class Transfer(from: String, to: String, amount: Int) extends Command

object Command {
  private object Number { def unapply(text: String): Option[Int] = Try(text.toInt).toOption }

  def parse(line: String): Command = line.split(" ").toList match {
    case "deposit" :: name :: Number(amount) :: Nil => Deposit(name, amount)
    case "withdraw" :: name :: Number(amount) :: Nil => Withdraw(name, amount)
    case "transfer" :: from :: to :: Number(amount) :: Nil => Transfer(from, to, amount)
    case other => throw new IllegalArgumentException(other.mkString(" "))
  }
}

final class Bank(val balances: Map[String, Int] = TreeMap.empty[String, Int]) {
  def run(command: Command): Try[Bank] = command match {
    case Deposit(name, amount) => change(name, amount)
    case Withdraw(name, amount) => change(name, -amount)
    case Transfer(from, to, amount) => change(from, -amount).flatMap(_.change(to, amount))
  }

  private def change(name: String, amount: Int): Try[Bank] = {
    val old = balances.getOrElse(name, 0)
    if (old + amount < 0) Failure(Refused(s"$name has only $old"))
    else Success(new Bank(balances.updated(name, old + amount)))
  }
}

object Main {
  implicit class Pairs[K, V](val pairs: Iterable[(K, V)]) extends AnyVal {
    def shown: String = pairs.map { case (key, value) => s"$key=$value" }.mkString(" ")
  }

  def queens(size: Int, columns: List[Int] = Nil): Int =
    if (columns.size == size) 1
    else (for {
      column <- 0 until size
      if columns.zipWithIndex.forall { case (taken, i) => taken != column && math.abs(taken - column) != i + 1 }
    } yield queens(size, column :: columns)).sum

  lazy val fibonacci: Stream[BigInt] = BigInt(0) #:: fibonacci.scanLeft(BigInt(1))(_ + _)

  def main(args: Array[String]): Unit = {
    val bank = Source.stdin.getLines().map(Command.parse).foldLeft(new Bank()) { (bank, command) =>
      bank.run(command) match {
        case Success(next) => next
        case Failure(Refused(message)) => println(s"refused: $message"); bank
        case Failure(other) => throw other
      }
    }
    println(bank.balances.shown)
    println(s"queens ${queens(6)}")
    println(s"fibonacci ${fibonacci(50)}")
    val counts = "the quick the lazy the dog quick".split(" ").groupBy(identity).mapValues(_.length).toSeq
    println(counts.sortBy { case (word, count) => (-count, word) }.shown)
  }
}
