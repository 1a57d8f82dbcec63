object Main extends App {
  while (true) println("y" * 100)
}
