"""One model of a document, many renderers.

model         what a document is made of
formulas/     formulas as they are laid out, in each format's language
derivations/  theorems and derivations as blocks, with names and marks that make them readable
recomputing/  programs that check a theorem again, for notebooks
formats/      renders a document: text, Markdown, LaTeX, Typst, PDF, HTML, a notebook
books/        the documents that are handed out
"""
