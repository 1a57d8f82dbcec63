object Main extends App {
  val blocks = scala.collection.mutable.ArrayBuffer[Array[Byte]]()
  while (true) blocks += new Array[Byte](4 * 1024 * 1024)
}
