insert into shelf.books values ('Emma');
