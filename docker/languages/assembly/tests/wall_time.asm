        global  _start

        section .rodata
text:   db      "before", 10
for:    dq      30, 0

        section .text
_start: mov     eax, 1          ; write
        mov     edi, 1
        lea     rsi, [rel text]
        mov     edx, 7
        syscall
        mov     eax, 35         ; nanosleep
        lea     rdi, [rel for]
        xor     esi, esi
        syscall
        mov     eax, 60
        xor     edi, edi
        syscall
