package shop

object Shop {
    @JvmStatic fun main(args: Array<String>) = println("in a package, with ${args.toList()}")
}
