create table shelf.books (title text);
