; Reads by the C library: a program that begins at main is linked with it.
        global  main
        extern  printf, scanf

        section .rodata
number: db      " %d", 0
line:   db      " %99[^", 10, "]", 0
sum:    db      "sum %d", 10, 0
last:   db      "last %s", 10, 0

        section .bss
value:  resd    1
text:   resb    100

        section .text
main:   push    rbx
        push    rbp
        sub     rsp, 8
        lea     rdi, [number]
        lea     rsi, [value]
        xor     eax, eax
        call    scanf
        mov     ebx, [value]
        xor     ebp, ebp
more:   lea     rdi, [number]
        lea     rsi, [value]
        xor     eax, eax
        call    scanf
        add     ebp, [value]
        dec     ebx
        jnz     more
        lea     rdi, [sum]
        mov     esi, ebp
        xor     eax, eax
        call    printf
        lea     rdi, [line]
        lea     rsi, [text]
        xor     eax, eax
        call    scanf
        lea     rdi, [last]
        lea     rsi, [text]
        xor     eax, eax
        call    printf
        xor     eax, eax
        add     rsp, 8
        pop     rbp
        pop     rbx
        ret
