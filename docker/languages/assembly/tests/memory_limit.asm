        global  _start

        section .text
_start: mov     eax, 12         ; brk
        xor     edi, edi
        syscall
more:   lea     rdi, [rax + 4096]
        mov     eax, 12
        syscall
        mov     byte [rax - 1], 1
        jmp     more
