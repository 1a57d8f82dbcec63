import java.io.BufferedReader
import java.io.InputStreamReader
import java.util.PriorityQueue
import kotlin.math.PI
import kotlin.math.abs

// Uses what submitted programs usually use, so that the class-data archives hold it.
sealed class Shape
data class Circle(val radius: Double) : Shape()
data class Square(val side: Double) : Shape()

enum class Color { RED, GREEN }

interface Named { val name: String }
class Item(override val name: String, var count: Int = 0) : Named, Comparable<Item> {
    override fun compareTo(other: Item) = compareValuesBy(this, other, { it.count }, { it.name })
    companion object { const val LIMIT = 10 }
}

object Registry { val items = mutableMapOf<String, Item>() }

fun Shape.area(): Double = when (this) {
    is Circle -> PI * radius * radius
    is Square -> side * side
}

fun <T : Comparable<T>> largest(items: List<T>): T? = items.maxBy { it }

tailrec fun gcd(a: Int, b: Int): Int = if (b == 0) a else gcd(b, a % b)
inline fun repeatTwice(body: (Int) -> Unit) { for (i in 0 until 2) body(i) }

fun fibonacci() = sequence {
    var pair = 0L to 1L
    while (true) {
        yield(pair.first)
        pair = pair.second to pair.first + pair.second
    }
}

fun main(args: Array<String>) {
    val first = readLine()?.trim()?.split(" ")?.mapNotNull { it.toIntOrNull() } ?: listOf(3, 1, 2)
    val reader = BufferedReader(InputStreamReader(System.`in`))
    val words = reader.lineSequence().flatMap { it.split(Regex("\\s+")).asSequence() }.toList()
    val counts = words.groupingBy { it }.eachCount().toSortedMap()
    println("$counts ${first.sorted()} ${first.sortedByDescending { it }} ${largest(first)}")
    for ((index, word) in words.withIndex()) Registry.items.getOrPut(word) { Item(word) }.count += index
    val queue = PriorityQueue<Item>(compareBy { it.count })
    queue.addAll(Registry.items.values)
    println(queue.poll()?.name ?: "none")
    println(listOf(Circle(1.5), Square(2.0)).map { it.area() }.joinToString { "%.2f".format(it) })
    val grid = Array(3) { IntArray(3) { it } }
    println(grid.sumBy { row -> row.sum() } + gcd(12, 18) + Color.valueOf("RED").ordinal)
    println(fibonacci().take(10).toList().zip(1..10).filter { (a, b) -> a > b }.fold(0L) { sum, (a, _) -> sum + a })
    println((1..5).map { it * it }.filter { it % 2 == 1 }.associateWith { "n$it" })
    println(StringBuilder().apply { for (c in 'a'..'e' step 2) append(c) }.reversed())
    repeatTwice { println(it) }
    val deque = java.util.ArrayDeque<Int>(first)
    while (deque.isNotEmpty()) deque.pollFirst()
    val lazyValue by lazy { "lazy".toUpperCase() }
    println(lazyValue + """ |text """.trimMargin() + first.chunked(2) + setOf(1, 2) + hashMapOf(1 to 2) + abs(-1))
    try {
        val nothing: String? = if (words.size > 100) "" else null
        println(nothing!!.length)
    } catch (error: KotlinNullPointerException) {
        System.err.println(error)
    } finally {
        print("")
    }
    try {
        listOf(1)[3]
    } catch (error: IndexOutOfBoundsException) {
        error.printStackTrace()
    }
    require(words.size < 1000) { "too many" }
    Thread { println("thread") }.apply { start(); join() }
}
