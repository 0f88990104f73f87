// The boot sector of a PC: reads the program from the sectors behind it, goes from real mode to long mode with the vector
// registers on, and into the program. The first GiB is mapped as it is.
.set tables, 0x10000
.set code32, 0x08
.set data, 0x10
.set code64, 0x18

.section .boot, "ax"
.code16
.globl boot
boot:
  cli
  xorw %ax, %ax
  movw %ax, %ds
  inb $0x92, %al // the 21st address line
  orb $2, %al
  outb %al, $0x92
  lgdt descriptors_pointer
  movl %cr0, %eax
  orb $1, %al
  movl %eax, %cr0
  ljmp $code32, $protected_mode

.code32
protected_mode:
  movw $data, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movl $1, %ebx // the sector to read next
  movl $program_start, %edi
read_sector:
  movw $0x1F2, %dx
  movb $1, %al
  outb %al, %dx
  movl %ebx, %esi
  orl $0xE0000000, %esi // by number, the first disk
  movl $4, %ecx
address_byte:
  incw %dx
  movl %esi, %eax
  outb %al, %dx
  shrl $8, %esi
  loop address_byte
  incw %dx
  movb $0x20, %al // read
  outb %al, %dx
wait_for_data:
  inb %dx, %al
  andb $0x88, %al
  cmpb $0x08, %al
  jne wait_for_data
  movw $0x1F0, %dx
  movl $128, %ecx
  rep insl
  incl %ebx
  cmpl $program_sectors, %ebx
  jbe read_sector
  xorl %eax, %eax
  movl $tables, %edi
  movl $0x800, %ecx
  rep stosl
  movl $tables + 0x1003, tables
  movl $tables + 0x2003, tables + 0x1000
  movl $tables + 0x2000, %edi
  movl $0x83, %eax // present, writable, 2 MiB
next_page:
  movl %eax, (%edi)
  addl $8, %edi
  addl $0x200000, %eax
  cmpl $0x40000083, %eax
  jne next_page
  movl $tables, %eax
  movl %eax, %cr3
  movl $0x620, %eax // CR4: physical address extension, SSE and its exceptions
  movl %eax, %cr4
  movl $1, %eax
  cpuid
  andl $1 << 26, %ecx // XSAVE: only then is there a register that turns wider vectors on
  shrl $8, %ecx
  movl %cr4, %eax
  orl %ecx, %eax
  movl %eax, %cr4
  movl %ecx, %ebp
  movl $0xC0000080, %ecx // EFER: long mode
  rdmsr
  orl $0x100, %eax
  wrmsr
  movl $0x80000033, %eax // CR0: paging, floating point
  movl %eax, %cr0
  ljmp $code64, $long_mode

.code64
long_mode:
  testl %ebp, %ebp
  jz enter
  movl $0x0D, %eax // all vector registers that the CPU has
  xorl %ecx, %ecx
  cpuid
  andl $0xE7, %eax
  xorl %ecx, %ecx
  xorl %edx, %edx
  xsetbv
enter:
  movl $stack_top, %esp
  xorl %ebp, %ebp
  call bare_start

.balign 8
descriptors:
  .quad 0, 0x00CF9A000000FFFF, 0x00CF92000000FFFF, 0x00AF9A000000FFFF
descriptors_pointer:
  .word descriptors_pointer - descriptors - 1
  .long descriptors
.org 510
  .word 0xAA55

.section .note.GNU-stack, "", @progbits
