        global  _start

        section .rodata
text:   db      "before", 10

        section .text
_start: mov     eax, 1          ; write
        mov     edi, 1
        lea     rsi, [rel text]
        mov     edx, 7
        syscall
        mov     eax, [0]
