object Main extends App {
  println("before")
  Thread.sleep(30000)
}
