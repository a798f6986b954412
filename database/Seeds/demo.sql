-- The customers, catalogue and stock that the demo, the tests and a newcomer know by heart. What is there already stays as it is.

insert into orders.customers (customer_id, name, email, language, address) values
    ('01920000-0000-7000-8000-000000000001', 'Ada',   'ada@example.com',   'de',
     '{"name": "Ada Byron", "line1": "Analytical Way 1", "line2": null, "postalCode": "10115", "city": "Berlin", "country": "DE"}'),
    ('01920000-0000-7000-8000-000000000002', 'Grace', 'grace@example.com', 'en',
     '{"name": "Grace Murray", "line1": "Compiler Street 2", "line2": null, "postalCode": "75001", "city": "Paris", "country": "FR"}'),
    ('01920000-0000-7000-8000-000000000003', 'Linus', 'linus@example.com', 'en',
     '{"name": "Linus Kernel", "line1": "Git Lane 3", "line2": null, "postalCode": "00100", "city": "Helsinki", "country": "FI"}'),
    ('01920000-0000-7000-8000-000000000004', 'Noor',  'noor@example.com',  'en', null)
on conflict (customer_id) do nothing;

insert into orders.products (sku, name, kind, price_cents, on_sale) values
    ('BOOK-REFACTORING', 'Refactoring',                           'PHYSICAL',  4799, true),
    ('BOOK-DDIA',        'Designing Data-Intensive Applications', 'PHYSICAL',  4550, true),
    ('LAMP-DESK',        'Desk lamp',                             'PHYSICAL',  8900, true),
    ('CHAIR-OAK',        'Oak chair',                             'PHYSICAL', 14900, true),
    ('EBOOK-TEMPORAL',   'Durable workflows (e-book)',            'DIGITAL',   2999, true),
    ('EBOOK-SQL',        'SQL in practice (e-book)',              'DIGITAL',   1999, true),
    ('VASE-RARE',        'Rare vase',                             'PHYSICAL', 25000, true),
    ('BOOK-RETIRED',     'A book no longer sold',                 'PHYSICAL',  1000, false)
on conflict (sku) do nothing;

insert into orders.stock (sku, on_hand) values
    ('BOOK-REFACTORING', 1000000),
    ('BOOK-DDIA',        1000000),
    ('LAMP-DESK',        1000000),
    ('CHAIR-OAK',        1000000),
    ('EBOOK-TEMPORAL',   1000000),
    ('EBOOK-SQL',        1000000),
    ('VASE-RARE',              0),
    ('BOOK-RETIRED',     1000000)
on conflict (sku) do nothing;
