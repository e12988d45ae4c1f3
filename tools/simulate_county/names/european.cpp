#include "simulate_county/names/name_lists.hpp"

namespace simulate {

const std::string_view kPolishGirls =
    "Julia Zuzanna Maja Zofia Hanna Lena Oliwia Alicja Amelia Aleksandra Natalia Wiktoria Maria Emilia Nadia Gabriela "
    "Nikola Pola Antonina Weronika Kinga Martyna Karolina Małgorzata Agnieszka Katarzyna Magdalena Milena Łucja Iga "
    "Kornelia Michalina Marcelina Dominika Liliana";
const std::string_view kPolishBoys =
    "Jakub Antoni Jan Filip Szymon Aleksander Kacper Franciszek Mikołaj Wojciech Adam Michał Marcel Stanisław Oskar "
    "Wiktor Piotr Igor Nikodem Bartosz Dawid Oliwier Krzysztof Maciej Mateusz Łukasz Paweł Tomasz Patryk Sebastian "
    "Krystian Dominik Hubert Kamil Gabriel";
const std::string_view kPolishFamilies =
    "Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski "
    "Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk Kaczmarek Piotrowski Grabowski Zając Pawłowski Michalski Król "
    "Wieczorek Jabłoński Wróbel Nowakowski Majewski Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Nowicki "
    "Pawlak "
    "Górski Witkowski Walczak Sikora Baran Rutkowski Michalak Szewczyk Ostrowski Tomaszewski Pietrzak Marciniak "
    "Zalewski Wróblewski Brzęczyszczykiewicz";

const std::string_view kRomanianGirls =
    "Maria Ioana Andreea Sofia Alexandra Elena Ana Daria Antonia Ștefania Gabriela Bianca Larisa Denisa Mihaela "
    "Cristina Raluca Teodora Eva Iulia Alesia Miruna Anastasia Rebeca Ilinca";
const std::string_view kRomanianBoys =
    "Andrei Alexandru David Matei Gabriel Ștefan Ionuț Luca Mihai Cristian Darius Rareș Vlad Răzvan Robert Adrian "
    "Tudor "
    "Victor Florin Marian Constantin Ioan Nicolae Eduard Sebastian";
const std::string_view kRomanianFamilies =
    "Popa Popescu Ionescu Radu Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Constantin Marin Lazăr Florea Dobre "
    "Munteanu Dinu Moldovan Șerban Ungureanu Nistor Ilie Toma Vasile Mocanu Tudor Sandu Crăciun Bălan Niculescu "
    "Diaconu "
    "Enache Țurcanu Lăcătuș";

const std::string_view kPortugueseGirls =
    "Maria Leonor Matilde Beatriz Carolina Mariana Ana Inês Sofia Francisca Margarida Lara Alice Joana Íris Clara "
    "Constança Bianca Letícia Rafaela Diana Luana Érica Ana-Sofia";
const std::string_view kPortugueseBoys =
    "João Francisco Rodrigo Martim Afonso Tomás Duarte Miguel Santiago Gabriel Pedro Tiago Diogo Gonçalo Guilherme "
    "Rafael André José Simão Vasco Dinis Lucas Luís Leandro Rúben";
const std::string_view kPortugueseFamilies =
    "Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Jesus Sousa Fernandes Gonçalves Gomes Lopes "
    "Marques "
    "Alves Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes Nunes Soares Vieira Monteiro Cardoso Rocha "
    "Raposo Neves Coelho Cruz Cunha Pires Ramos Reis Simões Antunes Matos Fonseca Araújo Magalhães da_Silva dos_Santos";

const std::string_view kLithuanianGirls =
    "Emilija Liepa Lukrecija Gabija Kamilė Austėja Ugnė Luknė Goda Urtė Viltė Smiltė Ieva Miglė Gabrielė Karolina "
    "Rugilė Saulė Elzė Agnė Monika Justina";
const std::string_view kLithuanianBoys =
    "Matas Lukas Jokūbas Dominykas Nojus Kajus Benas Jonas Herkus Adomas Domas Augustas Emilis Gustas Rokas Mantas "
    "Tomas Žygimantas Dovydas Ignas Martynas Arnas";
const std::string_view kLithuanianFamilies =
    "Kazlauskas Jankauskas Petrauskas Stankevičius Vasiliauskas Žukauskas Butkus Paulauskas Urbonas Kavaliauskas "
    "Navickas Ramanauskas Balčiūnas Sakalauskas Mikalauskas Šimkus Rimkus Pocius Baranauskas Bagdonas Šukys Norkus";

const std::string_view kBulgarianGirls =
    "Viktoria Maria Nikol Raya Gergana Aleksandra Elena Yoana Gabriela Simona Teodora Desislava Kalina Ivana Siyana "
    "Bozhidara Mihaela Radostina Dariya Monika";
const std::string_view kBulgarianBoys =
    "Georgi Aleksandar Martin Dimitar Nikola Ivan Kaloyan Viktor Hristo Boris Petar Todor Daniel Yordan Stefan Teodor "
    "Plamen Borislav Simeon Kristian";
const std::string_view kBulgarianFamilies =
    "Ivanov Georgiev Dimitrov Petrov Nikolov Hristov Stoyanov Todorov Iliev Vasilev Angelov Atanasov Petkov Yordanov "
    "Marinov Kolev Stefanov Popov Mihaylov Krastev Asenov Metodiev Slavov";

const std::string_view kUkrainianGirls =
    "Sofiia Anna Mariia Veronika Solomiia Zlata Polina Anastasiia Oleksandra Yeva Daryna Viktoriia Kateryna Kira "
    "Emiliia "
    "Oksana Nadiia Yuliia Olena Khrystyna";
const std::string_view kUkrainianBoys =
    "Oleksandr Maksym Artem Mykhailo Matvii Dmytro Ivan Tymofii Danylo Andrii Bohdan Yurii Vladyslav Nazar Denys "
    "Volodymyr Kyrylo Yaroslav Serhii Taras";
const std::string_view kUkrainianFamilies =
    "Melnyk Shevchenko Kovalenko Bondarenko Boyko Tkachenko Kravchenko Kovalchuk Koval Oliinyk Shevchuk Polishchuk "
    "Tkachuk Savchenko Bondar Marchenko Rudenko Moroz Lysenko Petrenko Klymenko Pavlenko Savchuk Levchenko Kharchenko";

const std::string_view kRussianGirls =
    "Anastasia Sofia Daria Maria Ekaterina Polina Elizaveta Viktoria Ksenia Alisa Varvara Arina Yulia Olga Svetlana "
    "Natalya Tatiana Milana";
const std::string_view kRussianBoys =
    "Alexander Maxim Artyom Mikhail Ivan Dmitri Daniil Kirill Nikita Andrei Matvei Timofei Sergei Alexei Roman Pavel "
    "Vladimir Yaroslav Ruslan";
const std::string_view kRussianFamilies =
    "Ivanov Smirnov Kuznetsov Popov Vasiliev Petrov Sokolov Mikhailov Novikov Fedorov Morozov Volkov Alekseev Lebedev "
    "Semenov Egorov Pavlov Kozlov Stepanov Nikolaev Orlov Andreev Makarov Bērziņš Kalniņš Ozoliņš";

const std::string_view kTurkishGirls =
    "Zeynep Elif Defne Asel Azra Nehir Eylül Ecrin Hiranur Asya Ada Duru Ayşe Fatma Melek Selin İrem Gül Yağmur Derya";
const std::string_view kTurkishBoys =
    "Yusuf Alparslan Miraç Göktuğ Ömer Eymen Mustafa Ali Kerem Emir Mehmet Ahmet Hamza Çınar Deniz Can Emre Umut Barış";
const std::string_view kTurkishFamilies =
    "Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt "
    "Özkan Şimşek Polat Güneş";

const std::string_view kAlbanianGirls =
    "Amelia Ajla Melisa Ambra Noemi Era Arta Drita Elira Besa Anisa Klea Sara Vlera Hana Jona";
const std::string_view kAlbanianBoys =
    "Noel Ardit Arben Erion Klajdi Luan Besnik Fatos Ilir Altin Kreshnik Endrit Rron Aron Dion Gentian Leart";
const std::string_view kAlbanianFamilies =
    "Hoxha Shehu Prifti Gjoka Dervishi Berisha Krasniqi Gashi Leka Kola Marku Rama Bajrami Çela Basha Meta Hysa";

const std::string_view kSpanishGirls =
    "Lucía Sofía Martina María Valeria Paula Daniela Alba Camila Valentina Isabella Ximena Carmen Noa Nerea Guadalupe "
    "Inés Mariana";
const std::string_view kSpanishBoys =
    "Mateo Hugo Martín Lucas Santiago Alejandro Daniel Pablo Diego Sebastián Adrián Javier Álvaro Nicolás Andrés "
    "Joaquín Emiliano José Ángel";
const std::string_view kSpanishFamilies =
    "García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández Díaz Moreno "
    "Muñoz Álvarez Romero Gutiérrez Torres Vargas Castillo Rojas Peña Quispe Mamani";

const std::string_view kItalianGirls =
    "Sofia Giulia Aurora Alice Ginevra Emma Giorgia Beatrice Greta Vittoria Chiara Martina Matilde Nicole Bianca Noemi";
const std::string_view kItalianBoys =
    "Leonardo Francesco Alessandro Lorenzo Mattia Andrea Gabriele Riccardo Tommaso Edoardo Matteo Giuseppe Antonio "
    "Davide Niccolò Pietro";
const std::string_view kItalianFamilies =
    "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De_Luca Mancini Costa "
    "Giordano Rizzo Lombardi Moretti D'Angelo D'Amico Di_Stefano";

const std::string_view kFrenchGirls =
    "Jade Louise Emma Ambre Alice Rose Anna Léa Chloé Manon Inès Zoé Camille Anaïs Élodie Océane Noémie Marie-Claire";
const std::string_view kFrenchBoys =
    "Gabriel Raphaël Léo Louis Lucas Adam Arthur Hugo Jules Maël Noé Théo Rémi Loïc François Jérôme Jean-Luc Benoît";
const std::string_view kFrenchFamilies =
    "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Laurent Lefèvre Lefebvre Roux Fournier "
    "Girard "
    "Ramgoolam Appadoo Boodhoo Seebaluck Jhurry Ramdin L'Étang D'Unienville Beeharry";

const std::string_view kHungarianGirls =
    "Hanna Anna Zoé Luca Emma Léna Olívia Boglárka Lili Mira Zsófia Réka Dorina Eszter Katalin Ágnes Noémi Kinga";
const std::string_view kHungarianBoys =
    "Bence Máté Levente Dominik Ádám Noel Marcell Dániel Zalán Olivér Balázs Gergő Zoltán László István Péter Kristóf";
const std::string_view kHungarianFamilies =
    "Nagy Kovács Tóth Szabó Horváth Varga Kiss Molnár Németh Farkas Balogh Papp Takács Juhász Lakatos Mészáros Oláh "
    "Simon Rácz Fekete";

}  // namespace simulate
