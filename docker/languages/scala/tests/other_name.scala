package shop

object Hello extends App {
  println("in a package, with " + args.mkString(" "))
}
