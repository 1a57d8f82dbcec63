void main() {
    IO.println("Java " + Runtime.version().feature());
}
