; Words counted in a table of structures sorted by qsort, 64-bit arithmetic, recursion, SSE2 and variadic calls.
        global  main
        extern  printf, qsort, scanf, strcmp, strcpy

        struc   entry
.count: resd    1
.name:  resb    60
        endstruc

%macro  invoke 1                ; a call with no vector arguments
        xor     eax, eax
        call    %1
%endmacro

        section .rodata
format: db      "%59s", 0
pair:   db      "%s %d", 10, 0
result: db      "%d words, fibonacci %llu, queens %d, root %.6f", 10, 0
two:    dq      2.0

        section .bss
text:   resb    60
table:  resb    entry_size * 64
total:  resd    1
used:   resd    1

        section .text
; rdi, rsi: entries; the more frequent goes first, then the alphabet decides
compare:
        mov     eax, [rsi + entry.count]
        sub     eax, [rdi + entry.count]
        jne     .done
        sub     rsp, 8
        add     rdi, entry.name
        add     rsi, entry.name
        call    strcmp
        add     rsp, 8
.done:  ret

; counts what lies in text
add_word:
        push    rbx
        push    r12
        sub     rsp, 8
        inc     dword [total]
        lea     rbx, [table]
        mov     r12d, [used]
.next:  test    r12d, r12d
        jz      .new
        lea     rdi, [rbx + entry.name]
        lea     rsi, [text]
        call    strcmp
        test    eax, eax
        jz      .found
        add     rbx, entry_size
        dec     r12d
        jmp     .next
.new:   inc     dword [used]
        lea     rdi, [rbx + entry.name]
        lea     rsi, [text]
        call    strcpy
.found: inc     dword [rbx + entry.count]
        add     rsp, 8
        pop     r12
        pop     rbx
        ret

; edi: n; rax: the n-th Fibonacci number
fibonacci:
        xor     eax, eax
        mov     edx, 1
.step:  xadd    rax, rdx
        xchg    rax, rdx
        xchg    rax, rdx
        dec     edi
        jnz     .step
        ret

; edi: rows left, esi: columns, edx: left diagonals, ecx: right ones; eax: solutions
queens: test    edi, edi
        jnz     .place
        mov     eax, 1
        ret
.place: push    rbx
        push    rbp
        push    r12
        push    r13
        push    r14
        push    r15
        sub     rsp, 8
        mov     r12d, edi
        mov     r13d, esi
        mov     r14d, edx
        mov     r15d, ecx
        xor     ebp, ebp
        mov     ebx, esi
        or      ebx, edx
        or      ebx, ecx
        not     ebx
        and     ebx, 0xff
.next:  test    ebx, ebx
        jz      .done
        mov     eax, ebx
        neg     eax
        and     eax, ebx
        lea     edi, [r12 - 1]
        mov     esi, r13d
        or      esi, eax
        mov     edx, r14d
        or      edx, eax
        shl     edx, 1
        mov     ecx, r15d
        or      ecx, eax
        shr     ecx, 1
        call    queens
        add     ebp, eax
        lea     eax, [rbx - 1]
        and     ebx, eax
        jmp     .next
.done:  mov     eax, ebp
        add     rsp, 8
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbp
        pop     rbx
        ret

main:   push    rbx
        push    r12
        sub     rsp, 8
.read:  lea     rdi, [format]
        lea     rsi, [text]
        invoke  scanf
        cmp     eax, 1
        jne     .sort
        call    add_word
        jmp     .read
.sort:  lea     rdi, [table]
        mov     esi, [used]
        mov     edx, entry_size
        lea     rcx, [compare]
        call    qsort
        lea     rbx, [table]
        mov     r12d, [used]
.show:  lea     rdi, [pair]
        lea     rsi, [rbx + entry.name]
        mov     edx, [rbx + entry.count]
        invoke  printf
        add     rbx, entry_size
        dec     r12d
        jnz     .show
        mov     edi, 8
        xor     esi, esi
        xor     edx, edx
        xor     ecx, ecx
        call    queens
        mov     r12d, eax
        mov     edi, 90
        call    fibonacci
        mov     rdx, rax
        lea     rdi, [result]
        mov     esi, [total]
        mov     ecx, r12d
        sqrtsd  xmm0, [two]
        mov     eax, 1
        call    printf
        xor     eax, eax
        add     rsp, 8
        pop     r12
        pop     rbx
        ret
