object Main extends App {
  println("before")
  println(List(1, 2, 3)(3))
}
