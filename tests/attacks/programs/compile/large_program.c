int a[1 << 28] = {1};
int main(void) { return a[1]; }
